"""How gunicorn serves the panel: threads, because a request mostly waits for Salesforce."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 16
timeout = 25  # below the router's 30 s: https://devcenter.heroku.com/articles/request-timeout
accesslog = None  # an access log would hold who looked at what, and when
control_socket_disable = True  # nobody steers it but the platform
