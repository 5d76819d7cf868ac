"""Dolibarr, as of versions 16 to 23, from these sources:

- wiki: Dolibarr wiki, "Module Web Services API REST (developer)"
- code: Dolibarr/dolibarr, htdocs/api/class/api_access.class.php, api.class.php, and each module's api_*.class.php
- issues: github.com/Dolibarr/dolibarr, by number
"""

from tests.fakes.dolibarr.erp import Dolibarr, Dolibarr20

__all__ = ["Dolibarr", "Dolibarr20"]
