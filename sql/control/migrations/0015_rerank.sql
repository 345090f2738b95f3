-- Usage counts what rerankers were asked, too.
alter table embedd.daily_usage drop constraint daily_usage_kind_check;
alter table embedd.daily_usage add constraint daily_usage_kind_check check (kind in ('document', 'query', 'rerank'));
