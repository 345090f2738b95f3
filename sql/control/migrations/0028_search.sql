-- One function checks and plans each search, whichever way it is asked for: embedd_internal.plan_search(). Those that
-- checked the filters of searches in SQL alone go.
drop function if exists embedd_internal.filter_condition(jsonb, jsonb, text);
drop function if exists embedd_internal.field_condition(text, text, text, jsonb, text);
-- No function and no program calls this one any more: generation_facts() has replaced it.
drop function if exists embedd_internal.describe_generation(bigint);
