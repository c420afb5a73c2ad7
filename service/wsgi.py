"""What gunicorn starts: `service.wsgi:app`. The one module that acts when it is imported."""

from __future__ import annotations

import sys

from werkzeug.middleware.proxy_fix import ProxyFix

from service.app import BODY_LIMIT, compile_templates, create_app
from service.logs import configure
from service.settings import SettingsError, read_settings
from service.whole_body import WholeBody

configure()
try:
    app = create_app(read_settings())
except SettingsError as error:
    sys.exit(f"The panel cannot start:\n{error}")
compile_templates(app)
#: The router ends TLS and names the scheme in a header; it keeps Host, and passes on whatever a
#: client claims in X-Forwarded-Host, so that one is not believed:
#: https://devcenter.heroku.com/articles/http-routing#heroku-headers
behind_router = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)
app.wsgi_app = WholeBody(behind_router, BODY_LIMIT)  # type: ignore[method-assign]  # as flask says to wrap it
