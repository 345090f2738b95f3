select set_config(name, current_setting('embedd.kept_' || name), true)
  from unnest(array['client_min_messages', 'check_function_bodies', 'search_path', 'lock_timeout']) as name;
