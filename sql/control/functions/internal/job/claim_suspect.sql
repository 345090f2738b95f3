-- Choose a due job of any lane with which two workers in a row died, so that it is tried alone: while a worker has such
-- a job it takes no other job of the generation, and the next death identifies the row. A job with which a third worker
-- died becomes a dead letter, and the search continues. Returns null if there is no such job (take ordinary jobs), and
-- an empty array if the worker must first finish the jobs it has. crashes does not include the last death yet: the
-- lease that was never given back stands for it.
create or replace function embedd_internal.claim_suspect(p_generation_id bigint, p_worker text) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_job embedd.jobs;
begin
  if exists (select from embedd.jobs j
              where j.generation_id = p_generation_id and j.state = 'queued' and j.crashes > 1 and j.worker = p_worker
                and j.leased_until > clock_timestamp()) then
    return '{}';
  end if;

  loop
    select * into v_job from embedd.jobs j
     where j.generation_id = p_generation_id and j.state = 'queued' and j.crashes > 0
       and j.crashes + (j.leased_until is not null)::int >= 2
       and j.run_at <= clock_timestamp() and (j.leased_until is null or j.leased_until < clock_timestamp())
     order by j.crashes + (j.leased_until is not null)::int desc, j.run_at, j.key limit 1 for update skip locked;
    if not found then
      return null;
    end if;
    if v_job.crashes + (v_job.leased_until is not null)::int = 2 then
      return case when exists (
        select from embedd.jobs j
         where j.generation_id = p_generation_id and j.worker = p_worker and j.leased_until > clock_timestamp())
      then '{}' else array[v_job.key] end;
    end if;
    update embedd.jobs
       set state = 'dead', crashes = 3, attempts = attempts + 1,
           leased_until = null, worker = null, run_at = clock_timestamp(),
           error_class = 'crash', error = 'Three workers in a row ended while they worked on this row.'
     where generation_id = p_generation_id and key = v_job.key;
  end loop;
end
$$;
