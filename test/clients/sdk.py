"""A program that uses openstacksdk, told by lines of JSON what to call.

In:  {"call": "get_volume", "args": [...], "named": {...}, "keep": "v"}
Out: {"result": ...} or {"error": "ResourceNotFound", "status": 404, "message": "..."}

What is kept can be an argument of a later call, as "@v".
"""
import json
import sys

import openstack


def plain(value):
    if hasattr(value, "to_dict"):
        return value.to_dict(computed=False)
    if hasattr(value, "status_code"):
        return {"status": value.status_code, "body": value.json() if value.content else None}
    if hasattr(value, "__next__"):
        return [plain(item) for item in value]
    return value


def carried_out(service, kept, wanted):
    def given(value):
        return kept[value[1:]] if isinstance(value, str) and value.startswith("@") else value

    args = [given(value) for value in wanted.get("args", [])]
    named = {key: given(value) for key, value in wanted.get("named", {}).items()}
    result = getattr(service, wanted["call"])(*args, **named)
    if "keep" in wanted:
        kept[wanted["keep"]] = result
    return plain(result)


def main(connection):
    conn = openstack.connect(load_yaml_config=False, load_envvars=False, block_storage_api_version="3", **json.loads(connection))
    kept = {}
    for line in sys.stdin:
        try:
            said = {"result": carried_out(conn.block_storage, kept, json.loads(line))}
        except Exception as error:  # whatever it is, the test looks at it
            said = {"error": type(error).__name__, "status": getattr(error, "status_code", None), "message": str(error)}
        print(json.dumps(said, default=str), flush=True)


main(*sys.argv[1:])
