-- Currencies and exchange rates of one tenant: docs/design/settings.md
create table enabled_currency (
  currency_code text primary key
);
insert into enabled_currency (currency_code) values
  ('AED'), ('AUD'), ('BRL'), ('CAD'), ('CHF'), ('CNY'), ('CZK'), ('DKK'), ('EUR'), ('GBP'),
  ('GHS'), ('HKD'), ('INR'), ('JPY'), ('NGN'), ('NOK'), ('NZD'), ('SAR'), ('SEK'), ('SGD'),
  ('TWD'), ('USD'), ('ZAR');

-- Rates that a person has set for whole months.
create table static_exchange_rate (
  uuid uuid primary key,
  base_currency text not null,
  target_currency text not null,
  exchange_rate numeric(33, 15) not null check (exchange_rate > 0),
  start_date date not null,
  end_date date not null,
  created_timestamp timestamptz not null,
  updated_timestamp timestamptz not null,
  check (start_date <= end_date),
  unique (base_currency, target_currency, start_date, end_date)
);

-- The rate of one month and pair, what reports convert with. Only the current month is written;
-- earlier months stay as they were.
create table monthly_exchange_rate (
  effective_date date not null check (extract(day from effective_date) = 1),
  base_currency text not null,
  target_currency text not null,
  exchange_rate numeric(33, 15) not null check (exchange_rate > 0),
  rate_type text not null check (rate_type in ('static', 'dynamic')),
  primary key (effective_date, base_currency, target_currency)
);
