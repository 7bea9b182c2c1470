"""Answers questions for the real OpenLineage client, one JSON line each."""

import json
import os
import sys
import typing
from urllib.parse import urljoin

import attr
from openlineage.client import OpenLineageClient, event_v2
from openlineage.client import generated  # noqa: F401
from openlineage.client.facet_v2 import (
    error_message_run,
    nominal_time_run,
    parent_run,
    processing_engine_run,
    schema_dataset,
    sql_job,
)
from openlineage.client.serde import Serde
from openlineage.client.uuid import generate_new_uuid


def transport(one):
    """What a transport came to, in words that both sides know."""
    kind = {'async_http': 'http'}.get(one.kind, one.kind)
    told = {'type': kind}
    if kind == 'http':
        config = one.config
        told['url'] = urljoin(one.url, one.endpoint)
        told['timeout'] = config.timeout
        told['verify'] = bool(config.verify)
        told['compression'] = str(config.compression) if config.compression else None
        told['headers'] = dict(config.custom_headers)
        told['auth'] = auth(config.auth)
        told['retry'] = {'total': config.retry['total'], 'backoff': config.retry['backoff_factor']}
    if kind == 'file':
        told['path'] = one.config.log_file_path
        told['append'] = one.config.append
    if kind == 'composite':
        told['transports'] = [{'name': part.name, 'priority': part.priority, **transport(part)} for part in one.transports]
        told['rules'] = [one.config.continue_on_failure, one.config.continue_on_success, one.config.sort_transports]
    if kind == 'transform':
        told['transport'] = transport(one.transport)
        told['properties'] = one.transformer.properties
    return told


def auth(provider):
    return {key.lstrip('_'): value for key, value in vars(provider).items() if isinstance(value, (str, int, list)) and 'cache' not in key}


def client(question):
    for name in list(os.environ):
        if name.startswith('OPENLINEAGE'):
            del os.environ[name]
    os.environ.update(question['env'])
    os.environ['HOME'] = question['home']
    os.chdir(question['cwd'])
    return OpenLineageClient(config=question.get('config'))


def describe(question):
    return transport(client(question).transport)


def events(run_id=None):
    run_id = run_id or str(generate_new_uuid())
    job = event_v2.Job('ns', 'jöb', facets={'sql': sql_job.SQLJobFacet(query='select 1')})
    dataset = event_v2.OutputDataset(
        's3://lake', 'a/b.csv', facets={'schema': schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields('a', 'INT')])}
    )
    parent = parent_run.ParentRunFacet(run=parent_run.Run(run_id), job=parent_run.Job('ns', 'parent'))
    facets = {
        'parent': parent,
        'nominalTime': nominal_time_run.NominalTimeRunFacet('2026-11-23T08:00:00.000Z'),
        'processing_engine': processing_engine_run.ProcessingEngineRunFacet('3.12', 'python'),
    }
    failed = {**facets, 'errorMessage': error_message_run.ErrorMessageRunFacet('no', 'python')}
    return [
        event_v2.RunEvent(eventTime='2026-11-23T08:00:00.123456+01:00', eventType=state, run=event_v2.Run(run_id, facets=own), job=job, outputs=[dataset], producer='https://example.org/me')
        for state, own in [(event_v2.RunState.START, facets), (event_v2.RunState.RUNNING, facets), (event_v2.RunState.FAIL, failed)]
    ]


def emit(question):
    one = client(question)
    for event in events()[:1]:
        one.emit(event)
    one.close()
    return 'done'


def make(_question):
    return [json.loads(Serde.to_json(event)) for event in events()]


def classes():
    """The generated classes of facets, by the names that schema URLs have."""
    from importlib import import_module
    from pkgutil import iter_modules

    found = {}
    for module in iter_modules(generated.__path__):
        for value in vars(import_module(f'openlineage.client.generated.{module.name}')).values():
            if isinstance(value, type) and attr.has(value):
                found[value.__name__] = value
    return found


def structure(kind, value):
    """A value as an instance of the client's own types; TypeError where it does not fit."""
    origin = typing.get_origin(kind)
    if origin is list:
        return [structure(typing.get_args(kind)[0], item) for item in value]
    if origin is dict:
        return {key: structure(typing.get_args(kind)[1], item) for key, item in value.items()}
    if origin is not None:
        options = [one for one in typing.get_args(kind) if one is not type(None)]
        return None if value is None else structure(options[0], value)
    if isinstance(kind, type) and attr.has(kind):
        hints = typing.get_type_hints(kind, include_extras=False)
        own = {key: item for key, item in value.items() if key not in ('_producer', '_schemaURL')}
        return kind(**{key: structure(hints.get(key, typing.Any), item) for key, item in own.items()})
    if kind in (str, int, bool) and not isinstance(value, kind):
        raise TypeError(f'{value!r} is no {kind.__name__}')
    return value


def read(question):
    """Reads our events by the client's types. @returns facets whose classes it has"""
    known = classes()
    names = set()

    def facets(content):
        made = {}
        for name, facet in (content or {}).items():
            kind = known.get(facet['_schemaURL'].rsplit('/', 1)[-1])
            if kind is not None and name != 'dayshift_origin':
                made[name] = structure(kind, facet)
                names.add(name)
        return made

    for event in question['events']:
        event_v2.RunEvent(
            eventTime=event['eventTime'],
            eventType=event_v2.RunState[event['eventType']],
            run=event_v2.Run(event['run']['runId'], facets=facets(event['run']['facets'])),
            job=event_v2.Job(event['job']['namespace'], event['job']['name'], facets=facets(event['job']['facets'])),
            inputs=[event_v2.InputDataset(one['namespace'], one['name'], facets=facets(one['facets']), inputFacets=facets(one.get('inputFacets'))) for one in event['inputs']],
            outputs=[event_v2.OutputDataset(one['namespace'], one['name'], facets=facets(one['facets']), outputFacets=facets(one.get('outputFacets'))) for one in event['outputs']],
            producer=event['producer'],
        )
    return sorted(names)


for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {'answer': globals()[asked['ask']](asked)}
    except Exception as error:  # noqa: BLE001
        answer = {'error': f'{type(error).__name__}: {error}'}
    print(json.dumps(answer), flush=True)
