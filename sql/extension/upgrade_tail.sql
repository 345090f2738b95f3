-- Trigger functions are no members (dumps have them, as they have the triggers), and a script may not replace what is none:
-- the next audit of each capture, at most a minute away, writes its function anew.
update embedd.capture_audits set state = state - 'function', audited_at = '-infinity';
