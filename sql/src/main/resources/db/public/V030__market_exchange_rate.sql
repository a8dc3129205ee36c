-- The latest market rates against one common base, as fetched from CURRENCY_URL. Reference data:
-- every tenant's role may read it. The factor from a to b is rate(b) / rate(a).
create table market_exchange_rate (
  currency_code text primary key check (currency_code = upper(currency_code)),
  rate numeric not null check (rate > 0),
  fetched timestamptz not null
);
grant select on market_exchange_rate to public;
