-- Have every trigger function generated again. Trigger functions are not members of the extension (dumps contain them,
-- as they contain the triggers), and a script may not replace an object that is not a member. The next audit of each
-- capture, at most a minute away, writes its function.
update embedd.capture_audits set state = state - 'function', audited_at = '-infinity';
