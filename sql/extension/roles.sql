-- As at the end of `embedd migrate`, but for trigger functions, which are no members.
select embedd_internal.seed_models();
select embedd_internal.create_capture_role();
select embedd_internal.create_definer_role();
select embedd.create_roles();
select embedd.grant_rights(p_captures => false);
