package author

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"
)

func resolved(t *testing.T, kind string) *jsonschema.Resolved {
	t.Helper()
	data, err := Schema(kind)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return r
}

// asEditor is a node as an editor's YAML 1.2 reader sees it: whole and broken numbers, true and false; everything else is text.
func asEditor(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = asEditor(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, asEditor(c))
		}
		return out
	}
	if n.Style != 0 {
		return n.Value
	}
	if f, err := strconv.ParseFloat(n.Value, 64); err == nil && strings.Trim(n.Value, "0123456789.-+") == "" {
		return f
	}
	switch n.Value {
	case "true", "false":
		return n.Value == "true"
	case "", "null", "~":
		return nil
	}
	return n.Value
}

func readDoc(t *testing.T, path string) (*yaml.Node, any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) == 0 {
		t.Fatalf("%s: %v", path, err)
	}
	return doc.Content[0], asEditor(doc.Content[0])
}

// kindOf tells which schema a file of a folder has.
func kindOf(path string) string {
	base, dir := filepath.Base(path), filepath.Base(filepath.Dir(path))
	switch {
	case dir == "lists":
		return "list"
	case strings.HasSuffix(path, "testdata/bad"):
		return ""
	case dir == "i18n" && strings.Count(base, ".") > 1 && !strings.HasSuffix(base, ".test.yaml"):
		return "i18n"
	case strings.HasSuffix(base, ".test.yaml"):
		return "test"
	}
	for _, kind := range []string{"classes", "config", "contents", "rules", "profile", "prices"} {
		if strings.TrimPrefix(base, "_") == kind+".yaml" {
			return kind
		}
	}
	return "flow"
}

// TestSchemaTakesGoodFiles: shipped flows, the sample talks, the starters and this package's samples pass.
func TestSchemaTakesGoodFiles(t *testing.T) {
	seen := map[string]int{}
	for _, dir := range []string{"../library", "../testdata/talk", "../testdata/i18n", "testdata/new", "testdata/old"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") || strings.Contains(path, "/testdata/") && strings.HasPrefix(path, "../library") {
				return err
			}
			kind := kindOf(filepath.ToSlash(path))
			if kind == "" {
				return nil
			}
			_, v := readDoc(t, path)
			seen[kind]++
			if err := resolved(t, kind).Validate(v); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range SchemaKinds() {
		if seen[kind] == 0 && kind != "prices" {
			t.Errorf("no file of kind %s was tried", kind)
		}
	}
}

// TestSchemaRefusesBadFiles: what an editor should underline while it is typed.
func TestSchemaRefusesBadFiles(t *testing.T) {
	flow := resolved(t, "flow")
	for _, code := range []string{"Y004", "S105"} {
		_, v := readDoc(t, filepath.Join("../testdata/bad", code+".yaml"))
		if flow.Validate(v) == nil {
			t.Errorf("%s passes", code)
		}
	}
	good := func() map[string]any {
		return map[string]any{"flow": "f", "steps": []any{map[string]any{"id": "a", "ask": "?"}}}
	}
	if err := flow.Validate(good()); err != nil {
		t.Errorf("a small flow: %v", err)
	}
	for name, change := range map[string]func(step map[string]any){
		"no leading key":        func(s map[string]any) { delete(s, "ask") },
		"a question without id": func(s map[string]any) { delete(s, "id") },
		"an unknown type":       func(s map[string]any) { s["type"] = "numbers" },
		"one choice":            func(s map[string]any) { s["choices"] = []any{map[string]any{"a": "b"}} },
		"a Chinese id":          func(s map[string]any) { s["id"] = "题" },
		"a scale without range": func(s map[string]any) { s["type"] = "scale" },
		"save without profile":  func(s map[string]any) { s["save"] = "name" },
		"a lead without kind":   func(s map[string]any) { s["do"] = "lead" },
		"a wrong flag":          func(s map[string]any) { s["required"] = "maybe" },
	} {
		doc := good()
		change(doc["steps"].([]any)[0].(map[string]any))
		if flow.Validate(doc) == nil {
			t.Errorf("%s passes", name)
		}
	}
	if _, err := Schema("poem"); !errors.Is(err, ErrNoSchema) {
		t.Errorf("a poem: %v", err)
	}
}

// described gathers every property of the schemas; each must say in Chinese what it is.
func described(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, kind := range SchemaKinds() {
		data, err := Schema(kind)
		if err != nil {
			t.Fatal(err)
		}
		var root map[string]any
		if err := json.Unmarshal(data, &root); err != nil {
			t.Fatal(err)
		}
		var walk func(path string, v any)
		walk = func(path string, v any) {
			switch v := v.(type) {
			case map[string]any:
				props, _ := v["properties"].(map[string]any)
				for key, p := range props {
					def, _ := p.(map[string]any)
					if _, isConst := def["const"]; isConst || def["enum"] != nil && def["title"] == nil && strings.Contains(path, "allOf") {
						continue
					}
					out[key] = true
					if text, _ := def["description"].(string); text == "" || def["title"] == nil {
						t.Errorf("%s%s.%s has no title or description", kind, path, key)
					}
				}
				for key, x := range v {
					walk(path+"."+key, x)
				}
			case []any:
				for _, x := range v {
					walk(path, x)
				}
			}
		}
		walk("", root)
	}
	return out
}

// TestSchemaKnowsEveryKey: every key that package flows reads stands in a schema, and the other way round. The keys are gathered from the source, so that
// a new key without words in the editor fails here.
func TestSchemaKnowsEveryKey(t *testing.T) {
	have, want := described(t), keysOfSource(t)
	if len(want) < 100 {
		t.Fatalf("only %d keys found in the source", len(want))
	}
	for key := range want {
		if !have[key] {
			t.Errorf("no schema explains %q: add it to flows/author/schema/*.json with title and description", key)
		}
	}
	for key := range have {
		if !want[key] && !slices.Contains(told, key) {
			t.Errorf("a schema explains %q, which nothing reads", key)
		}
	}
}

// told are keys of test files that are read one by one.
var told = []string{"branches", "refusals", "openid", "invites", "lapsed", "barred", "master", "cards", "standing", "quotes", "consents", "sent", "tags"}

// keysOfSource gathers the keys that the reader of package flows takes: the lists given to object, those of the kinds, and the package's lists of keys.
func keysOfSource(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	add := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					out[s] = true
				}
			}
			return true
		})
	}
	lists := map[string]bool{"headerKeys": true, "askKeys": true, "typeKeys": true, "stepKeys": true, "leadingKeys": true, "configKeys": true, "commandNames": true, "rights": true,
		"accountNames": true, "chatKeys": true, "caseKeys": true, "expectKeys": true, "laterSteps": true, "blockKeys": true, "migrateKeys": true, "meetingParts": true}
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "object" {
					for _, arg := range n.Args[1:] {
						add(arg)
					}
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && (id.Name == "keys" || id.Name == "later" || id.Name == "key") {
					if _, named := n.Value.(*ast.Ident); !named {
						add(n.Value)
					}
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if lists[name.Name] && i < len(n.Values) {
						add(n.Values[i])
					}
				}
			}
			return true
		})
	}
	delete(out, "")
	return out
}
