-- A cost row is what all tiered rates of a cost type charge for the same usage; which rate charged
-- what is in ocp_cost_part, and a rate's metric says whether it is charged by the month.
alter table ocp_daily_summary drop column monthly_cost_type;
