"""How systems are asked: HTTP with its errors, budgets and retries; GraphQL; sessions; files that lie elsewhere."""
