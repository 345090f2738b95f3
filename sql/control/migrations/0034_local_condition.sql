-- The parameter p_here is called p_local.
drop function if exists embedd_internal.source_condition(text, jsonb, boolean);
