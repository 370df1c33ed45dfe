package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFlowsI18n: extract writes what is missing and leaves what is there; check names what lacks; run speaks the language.
func TestFlowsI18n(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "flows", "testdata", "i18n"))); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := vrep(t, "", "flows", "i18n", "check", dir); code != 0 || !strings.Contains(out, "survey · en：100%") {
		t.Errorf("%d\n%s\n%s", code, out, errs)
	}
	file := filepath.Join(dir, "i18n", "thanks.en.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := vrep(t, "", "flows", "i18n", "check", dir); code != 1 || !strings.Contains(out, "I701") || !strings.Contains(out, "thanks · en：0%（0/2 条）") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out, errs := vrep(t, "", "flows", "i18n", "extract", dir, "--lang", "en"); code != 0 || !strings.Contains(out, "thanks.en.yaml：2 条，2 条没译") {
		t.Errorf("%d\n%s\n%s", code, out, errs)
	}
	if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), "spent.ask: \"\"") {
		t.Errorf("%v\n%s", err, data)
	}
	if err := os.WriteFile(file, before, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := vrep(t, "I agree\n", "flows", "run", "--lang", "en", filepath.Join(dir, "survey.yaml")); code != 0 || !strings.Contains(out, "What is your title?") {
		t.Errorf("%d\n%s\n%s", code, out, errs)
	}
	for want, args := range map[string][]string{"extract and check": {"i18n", "pull"}, "no flow of": {"i18n", "extract", dir, "--lang", "fr"}, "is a file": {"i18n", "check", filepath.Join(dir, "survey.yaml")}} {
		if code, _, errs := vrep(t, "", append([]string{"flows"}, args...)...); code != 2 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
	if code, _, errs := vrep(t, "", "flows", "run", "--lang", "fr", filepath.Join(dir, "survey.yaml")); code != 2 || !strings.Contains(errs, "no such language") {
		t.Errorf("%d %s", code, errs)
	}
	if code, out, _ := vrep(t, "", "flows", "i18n", "check"); code != 0 || !strings.Contains(out, "no flow asks") {
		t.Errorf("%d\n%s", code, out)
	}
}
