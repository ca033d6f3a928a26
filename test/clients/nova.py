"""Compute's way to volumes: cinderclient in a session whose requests carry the service's token beside the user's.

In:  lines of JSON, {"call": "attachments.create", "args": [...]}; first the two credentials, as the only argument
Out: {"result": ...} or {"error": "Conflict", "status": 409, "message": "..."}
"""
import json
import sys

from cinderclient import client
from keystoneauth1 import service_token, session
from keystoneauth1.identity import v3


def plain(value):
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (dict, str, int, type(None))) else str(value)


def called(cinder, wanted):
    target = cinder
    for name in wanted["call"].split("."):
        target = getattr(target, name)
    return plain(target(*wanted.get("args", [])))


def main(said):
    given = json.loads(said)
    auth = v3.Password(**given["user"])
    if given["service"] is not None:
        auth = service_token.ServiceTokenAuthWrapper(user_auth=auth, service_auth=v3.Password(**given["service"]))
    cinder = client.Client("3.44", session=session.Session(auth=auth), region_name=given["region"])
    for line in sys.stdin:
        try:
            said = {"result": called(cinder, json.loads(line))}
        except Exception as error:  # whatever it is, the test looks at it
            said = {"error": type(error).__name__, "status": getattr(error, "code", None), "message": str(error)}
        print(json.dumps(said), flush=True)


main(sys.argv[1])
