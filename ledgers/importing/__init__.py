"""Import of ledgers: a workbook as offices keep them → rows → a plan that says what would change → one transaction.

`container`, `reading`, `marking` and `child` run in a process of their own with little memory and time, and know nothing of Django.
Everything else works on the plain cells that process hands back.
"""
