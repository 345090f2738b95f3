-- embedd_internal.capture_of() returns what follows from the way of capture, not its name alone.
drop function if exists embedd_internal.capture_of(text);
