-- What a role may do is asked by noun now; the functions are made again after the migrations.
drop function if exists embedd.has_permission(text, text);
drop function if exists embedd.require_permission(text, uuid);
