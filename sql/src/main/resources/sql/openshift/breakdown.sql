-- Scopes of the view ocp_cost_breakdown.

-- name: scope_all
true
