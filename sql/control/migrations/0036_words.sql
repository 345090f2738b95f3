-- Lexical search ranks by lists of words, whose lengths are exact, instead of PostgreSQL's statistics on an index.
drop function if exists embedd_internal.query_terms(text, text, text);
