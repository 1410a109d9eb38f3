use serde_json::json;

use super::*;

fn document(text: &str) -> Document {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("api.yaml");
    std::fs::write(&path, text).expect("written");
    Document::read(&path).expect("a document")
}

const MODERN: &str = r##"
openapi: 3.0.3
servers: [{ url: "https://api.example.com/{stage}/v1/", variables: { stage: { default: beta } } }]
security: [{ key: [] }]
paths:
  /users/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer } }
      - { name: trace, in: header, schema: { type: string } }
    get:
      operationId: getUser
      parameters:
        - { name: trace, in: header, required: true, schema: { type: string, minLength: 1 } }
        - { name: tags, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: filter, in: query, content: { application/json: { schema: { type: object } } } }
        - { name: Authorization, in: header, schema: { type: string } }
      responses:
        200: { description: ok, content: { application/json: { schema: { type: object } } }, headers: { X-Left: { required: true, schema: { type: integer } } } }
        4XX: { description: no }
        default: { description: else }
    post:
      security: [{ token: [] }, {}]
      requestBody: { $ref: "#/components/requestBodies/User" }
      responses: { 201: { description: made } }
    put:
      requestBody: { required: true, content: { application/xml: {} } }
      responses: {}
  /files/{name}:
    get: { responses: { 200: { description: ok } } }
components:
  requestBodies:
    User:
      required: true
      content:
        application/xml: { schema: { type: object } }
        application/json;charset=utf-8:
          schema: { type: object }
          examples: { one: { value: { a: 1 } }, two: { $ref: "#/components/examples/Two" } }
  examples: { Two: { value: { a: 2 } } }
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Api-Key }
    token: { type: http, scheme: bearer }
"##;

#[test]
fn parameters_of_the_path_are_overridden_by_those_of_the_operation() {
    let document = document(MODERN);
    let all = operations(&document);
    let names: Vec<String> = all.iter().map(Operation::name).collect();
    assert_eq!(
        names,
        [
            "GET /users/{id}",
            "POST /users/{id}",
            "PUT /users/{id}",
            "GET /files/{name}"
        ]
    );
    let get = &all[0];
    assert_eq!(get.id.as_deref(), Some("getUser"));
    let parameters: Vec<_> = get
        .parameters
        .iter()
        .map(|one| {
            (
                one.location.name(),
                one.name.as_str(),
                one.required,
                one.style,
                one.explode,
            )
        })
        .collect();
    assert_eq!(
        parameters,
        [
            ("path", "id", true, Style::Simple, false),
            ("query", "filter", false, Style::Json, true),
            ("query", "tags", false, Style::Form, false),
            ("header", "trace", true, Style::Simple, false),
        ]
    );
    assert_eq!(
        get.credentials,
        [Credential {
            location: Location::Header,
            name: "X-Api-Key".to_owned()
        }]
    );
    assert_eq!(all[1].credentials, []);
}

#[test]
fn an_answer_is_declared_by_its_code_then_its_class_then_the_default() {
    let document = document(MODERN);
    let get = &operations(&document)[0];
    let declared = |status| get.response(status).map(|one| one.status);
    assert_eq!(declared(200), Some(StatusKey::Code(200)));
    assert_eq!(declared(404), Some(StatusKey::Class(4)));
    assert_eq!(declared(500), Some(StatusKey::Default));
    let ok = get.response(200).expect("declared");
    assert_eq!(ok.headers[0].name, "X-Left");
    assert!(ok.headers[0].required);
    assert_eq!(ok.content[0].media_type, "application/json");
}

#[test]
fn bodies_that_cannot_be_made_are_left_out_or_stand_in_the_way() {
    let document = document(MODERN);
    let all = operations(&document);
    let body = all[1].body.as_ref().expect("a body");
    assert!(body.required);
    assert_eq!(body.media.len(), 1);
    assert_eq!(body.media[0].kind(), MediaKind::Json);
    let examples: Vec<_> = body.media[0]
        .examples
        .iter()
        .map(|one| (one.value.clone(), one.at.as_str()))
        .collect();
    assert_eq!(
        examples[1],
        (json!({ "a": 2 }), "/components/examples/Two/value")
    );
    assert_eq!(examples[0].0, json!({ "a": 1 }));
    let obstacle = |index: usize| all[index].obstacle.clone().unwrap_or_default();
    assert!(obstacle(2).contains("`application/xml`"), "{}", obstacle(2));
    assert!(
        obstacle(3).contains("`name` is not declared"),
        "{}",
        obstacle(3)
    );
}

#[test]
fn the_base_path_is_that_of_the_first_server() {
    assert_eq!(base_path(&document(MODERN)), "/beta/v1");
    assert_eq!(
        base_path(&document(
            "openapi: 3.1.0\npaths: {}\nservers: [{ url: 'http://h:1' }]"
        )),
        ""
    );
    assert_eq!(
        base_path(&document("swagger: '2.0'\nbasePath: /v2\npaths: {}")),
        "/v2"
    );
}

#[test]
fn swagger_writes_bodies_and_forms_among_the_parameters() {
    let document = document(
        r##"
swagger: "2.0"
consumes: [application/json]
produces: [application/json]
paths:
  /pets:
    post:
      parameters:
        - { name: pet, in: body, required: true, schema: { $ref: "#/definitions/Pet" } }
        - { name: tags, in: query, type: array, items: { type: string }, collectionFormat: multi }
      responses:
        200: { description: ok, schema: { $ref: "#/definitions/Pet" }, headers: { X-Left: { type: integer } } }
  /pets/photo:
    post:
      consumes: [multipart/form-data]
      parameters:
        - { name: photo, in: formData, type: file, required: true }
        - { name: note, in: formData, type: string }
      responses: { 204: { description: ok } }
definitions: { Pet: { type: object } }
"##,
    );
    let all = operations(&document);
    let pets = &all[0];
    assert_eq!(pets.parameters[0].style, Style::Form);
    assert!(pets.parameters[0].explode);
    let media = &pets.body.as_ref().expect("a body").media[0];
    assert_eq!(media.media_type, "application/json");
    let schema = media.schema.as_ref().expect("a schema");
    assert_eq!(
        document.resolve(schema).expect("there").0.as_str(),
        "/definitions/Pet"
    );
    assert_eq!(pets.responses[0].content[0].media_type, "application/json");
    assert!(pets.responses[0].headers[0].schema.is_some());

    let body = all[1].body.as_ref().expect("a form");
    assert_eq!(body.media[0].kind(), MediaKind::Multipart);
    let form = body.media[0].schema.as_ref().expect("a schema");
    let (at, photo) = document
        .object(&form.join_all(&["properties", "photo"]))
        .expect("there");
    assert_eq!(photo["type"], "file");
    assert_eq!(document.span(&at).line, 17);
}
