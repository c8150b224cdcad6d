# Converts a recording or a golden case to inputs of the fuzz targets, one per line: the target, a tab, the text.

# Line ends within the text are written as \1.
def put($target): "fuzz_" + $target + "\t" + (split("\n") | join("\u0001"));

def target_of:
  {Pod: "pod", Service: "service", Node: "node", Endpoints: "endpoints", EndpointSlice: "slice", Lease: "lease"}[.];

# The JSON objects in a text of one value per line.
def values_of: split("\n")[] | (fromjson? // empty) | objects;

def put_object: (.kind // "" | target_of // empty) as $target | tojson | put($target);
# One input for each field, with that field set to null.
def put_nulls: del(.metadata.managedFields) | paths as $path | setpath($path; null) | put_object;

# Inputs from an object, the items of a list, or the object of a watch event.
def put_value:
  if .items then .kind as $kind | .items[] | .kind = ($kind | sub("List$"; "")) | put_object
  elif .object then (.object.kind // "" | target_of // "pod") as $target | (.object | put_object), (tojson | put($target))
  else put_object end;

# A whole body, prefixed with the byte that selects the size of the pieces or the status.
def put_body:
  ([limit(1; values_of)][0] // {}) as $first
  | if $first.object then (" " + ., "\u007f" + .) | put("watch")
    elif $first.items then (" " + ., "\u007f" + .) | put("list")
    else (" ", "!", "#", "%", "&", "'", ")") + . | put("answer") end;

# The headers of a response, one per line, and its body.
def put_head: "1\n299 - \"unknown field\"\napplication/json;charset=utf-8\nhttps://other/\n" + . | put("head");

# The fields of an event, one per line, and its message.
def put_event: [.namespace, .name, .uid, .resourceVersion, "is not \"there\""] | map(. // "") | join("\n") | put("event");

(.response.body // empty | put_body, put_head, (values_of | put_value)),
(.request.body | objects | put_object, put_nulls),
(.pods[]? | .kind = "Pod" | put_object, (.metadata | put_event)),
(.services[]? | .kind = "Service" | put_object),
(.existing_endpoints[]? | .kind = "Endpoints" | put_object),
(select(input_filename | endswith("/guestbook.json"))
 | (.pods[0] | .kind = "Pod"), (.services[0] | .kind = "Service") | put_nulls),
(select(input_filename | endswith("/list-nodes.json"))
 | .response.body | values_of | .items[0] | .kind = "Node" | put_nulls)
