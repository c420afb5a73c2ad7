"""Addresses of the org that the gateway's tests speak of."""

ORG = "https://acme.my.salesforce.com"
DATA = f"{ORG}/services/data/v66.0"
TOKEN_URL = f"{ORG}/services/oauth2/token"
