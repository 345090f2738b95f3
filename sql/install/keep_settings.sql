-- The transaction is somebody else's: keep its settings, to give them back at the end.
select pg_catalog.set_config('embedd.kept_' || name, pg_catalog.current_setting(name), true)
  from pg_catalog.unnest(
    array['client_min_messages', 'check_function_bodies', 'search_path', 'lock_timeout']) as name;
