"""What the hub answers over HTTP: webhook calls, and later the operators' pages.

Reading order: webhooks (what becomes of a call), refusals (what is told of those that are not taken), application (the
addresses), server (the thread that listens). It knows the store and the port; never connectors, broker or worker: what
it needs of them is handed in.
"""
