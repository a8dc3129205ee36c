-- Finds deliveries that lack files without reading the whole ledger.
create index file_expected on file (manifest_id) where state = 'expected';
