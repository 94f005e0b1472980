"""Who we are and whom we trade with: gateway.yaml and the partner folders, as frozen values."""
