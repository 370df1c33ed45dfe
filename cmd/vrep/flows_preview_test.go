package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// The preview prints its address, answers there, and ends by Ctrl-C with open event streams.
func TestFlowsPreview(t *testing.T) {
	for _, a := range [][]string{nil, {"hello"}, {"../../flows/library/first_visit.yaml", "--listen", "0", "--now", "2026-11-18T10:00:00+08:00"}} {
		ctx, cancel := context.WithCancel(t.Context())
		out, in := io.Pipe()
		code := make(chan int, 1)
		go func() {
			code <- run(ctx, append([]string{"flows", "preview"}, a...), strings.NewReader(""), in, io.Discard)
			in.Close()
		}()
		lines := bufio.NewScanner(out)
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "http://127.0.0.1:") {
			t.Fatalf("%v: the first line is %q", a, lines.Text())
		}
		url := lines.Text()
		go func() {
			for lines.Scan() {
			}
		}()
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.Contains(string(page), "流程预览") {
			t.Errorf("%v: the page is %v\n%s", a, err, page)
		}
		events, err := http.Get(strings.TrimSuffix(url, "/") + res.Request.URL.Path + "/events")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if got := <-code; got != exitFine {
			t.Errorf("%v: exit %d", a, got)
		}
		events.Body.Close()
	}
}

func TestFlowsPreviewRefuses(t *testing.T) {
	empty := t.TempDir()
	for _, a := range [][]string{{"--listen", "0.0.0.0:0"}, {"--listen", "example.com:80"}, {"--listen", ":0"}, {"--listen", "a:b:c"}, {"nobody"}, {empty},
		{"--now", "gestern"}, {"--profile", empty + "/none.yaml"}, {"hello", "verify"}} {
		if code, _, errOut := vrep(t, "", append([]string{"flows", "preview"}, a...)...); code != exitUsage || errOut == "" {
			t.Errorf("%v: exit %d %s", a, code, errOut)
		}
	}
}

// Only a device at which somebody sits counts as a terminal.
func TestIsTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file, err := os.Open("flows_preview_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, r := range map[string]io.Reader{"the null device": null, "a file": file, "a string": strings.NewReader("")} {
		if isTerminal(r) {
			t.Errorf("%s counts as a terminal", name)
		}
	}
}
