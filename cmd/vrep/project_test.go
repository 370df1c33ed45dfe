package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v4"
)

const root = "../.."

// goFiles calls visit with every non-test Go file of the module.
func goFiles(t *testing.T, visit func(path string, data []byte)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		visit(strings.TrimPrefix(path, root+"/"), data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Errorf("only %d Go files seen: the test does not look at the tree", n)
	}
}

// Invariant 12: doctors' words live in YAML, page words in templates, other words in embedded data files.
func TestNoHanInGo(t *testing.T) {
	goFiles(t, func(path string, data []byte) {
		for i, line := range bytes.Split(data, []byte("\n")) {
			if bytes.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s:%d holds Chinese: %s", path, i+1, line)
			}
		}
	})
}

func TestFilesStaySmall(t *testing.T) {
	goFiles(t, func(path string, data []byte) {
		if n := bytes.Count(data, []byte("\n")); n > 400 {
			t.Errorf("%s has %d lines, at most 400", path, n)
		}
	})
}

// The compose file cannot be run everywhere, but it can be read: services, images, collation and health checks.
func TestComposeParses(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Services map[string]struct {
			Image       string
			Build       string
			Command     []string
			Environment map[string]string
			DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
			Healthcheck struct{ Test []string }
			Volumes     []string
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for name, image := range map[string]string{"mysql": "mysql:8", "redis": "redis:7"} {
		if got := doc.Services[name].Image; got != image {
			t.Errorf("service %s uses image %q, want %q", name, got, image)
		}
		if len(doc.Services[name].Healthcheck.Test) == 0 {
			t.Errorf("service %s has no health check", name)
		}
	}
	if cmd := strings.Join(doc.Services["mysql"].Command, " "); !strings.Contains(cmd, "utf8mb4_bin") {
		t.Errorf("mysql starts with %q, which lacks utf8mb4_bin", cmd)
	}
	vrep := doc.Services["vrep"]
	for dep := range vrep.DependsOn {
		if _, ok := doc.Services[dep]; !ok {
			t.Errorf("vrep depends on %q, which is no service", dep)
		}
	}
	for _, key := range []string{"VREP_MYSQL_DSN", "VREP_REDIS_ADDR"} {
		if vrep.Environment[key] == "" {
			t.Errorf("vrep lacks %s", key)
		}
	}
	for _, service := range doc.Services {
		for _, v := range service.Volumes {
			name, _, _ := strings.Cut(v, ":")
			if _, ok := doc.Volumes[name]; !ok {
				t.Errorf("volume %q is not declared", name)
			}
		}
	}
}

func TestDockerfileIsStaticAndNotRoot(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CGO_ENABLED=0", "USER nonroot", "HEALTHCHECK", "healthcheck"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("Dockerfile lacks %q", want)
		}
	}
}
