package author

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows/lint"
)

// TestWords: every text that the code asks for is there, and every one that is there is asked for.
func TestWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked, groups := map[string]bool{}, map[string]bool{}
	exact := regexp.MustCompile(`"([a-z]+\.[a-z_.]+)"`)
	group := regexp.MustCompile(`"([a-z]+(?:\.[a-z_]+)*)\.?"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`phrase\("([a-z]+\.[a-z_.]*[a-z])"`).FindAllStringSubmatch(string(data), -1) {
			if _, ok := phrases()[m[1]]; !ok {
				t.Errorf("%s asks for %s, which words.yaml lacks", f, m[1])
			}
		}
		for _, m := range exact.FindAllStringSubmatch(string(data), -1) {
			asked[m[1]] = true
		}
		for _, m := range group.FindAllStringSubmatch(string(data), -1) {
			groups[m[1]] = true
		}
	}
	html, err := os.ReadFile("print.html")
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range phrases() {
		dir := path[:strings.LastIndex(path, ".")]
		if !asked[path] && dir != "name" && !strings.HasPrefix(dir, "name.") && !groups[dir] && !strings.Contains(string(html), `"`+dir+`"`) {
			t.Errorf("nobody says %s", path)
		}
		if text == "" && path != "chart.goto" {
			t.Errorf("%s is empty", path)
		}
	}
}

// TestOwnFiles: the data files of this package are laid out as authors' are.
func TestOwnFiles(t *testing.T) {
	for _, name := range []string{"words.yaml", "tries.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lint.Format(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLineDiff(t *testing.T) {
	if LineDiff("f", "a\n", "a\n") != "" {
		t.Error("the same text differs")
	}
	want := "--- f\n+++ f\n a\n-b\n+x\n c\n d\n@@ 9 @@\n i\n j\n+k\n"
	if got := LineDiff("f", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", "a\nx\nc\nd\ne\nf\ng\nh\ni\nj\nk\n"); got != want {
		t.Errorf("got\n%s", got)
	}
}
