-- Filter types and filter operators are declared once, in filter_types() and filter_operators(). The functions that
-- check a filter by them have other parameters.
drop function if exists embedd_internal.filter_operators(text);
drop function if exists embedd_internal.check_filter(jsonb, jsonb);
drop function if exists embedd_internal.check_filter_group(jsonb, jsonb, text, int, int);
drop function if exists embedd_internal.check_filter_field(text, text, jsonb, text);
drop function if exists embedd_internal.check_filter_value(text, jsonb, text);
drop function if exists embedd_internal.filter_range(text, text, jsonb);
