"""Reading outside of a transaction, as one that begins by taking SQLite's only lock would keep all others waiting."""


class ReadingTakesNoLock:
    """Calls what only reads itself, before Django makes a transaction around it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return view(request, *args, **kwargs) if request.method == "GET" else None
