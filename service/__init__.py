"""The service: reads a CRM's rows, scores adoption, writes native records back."""
