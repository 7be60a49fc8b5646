"""Where it is put together: settings, urls, asgi."""
