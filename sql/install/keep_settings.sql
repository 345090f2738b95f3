-- Save the settings of the transaction, which belongs to the caller; the end of the script restores them.
select pg_catalog.set_config('embedd.kept_' || name, pg_catalog.current_setting(name), true)
  from pg_catalog.unnest(
    array['client_min_messages', 'check_function_bodies', 'search_path', 'lock_timeout']) as name;
