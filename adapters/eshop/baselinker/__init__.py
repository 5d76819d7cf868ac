"""BaseLinker (Base.com): its catalogue and its order manager, over the API at api.baselinker.com."""
