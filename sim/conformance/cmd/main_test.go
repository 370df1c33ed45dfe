package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/vrep/vrep/sim/conformance"
)

func TestCommand(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/probe" {
			io.WriteString(w, "1\n")
			return
		}
		io.WriteString(w, "success")
	}))
	defer server.Close()
	base := []string{"--url", server.URL, "--appid", "wx0", "--token", "secret-token", "--aeskey", strings.Repeat("a", 43)}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--only", "delivery/text,kinds/image"}, exitFine, "2 passed, 0 failed, 0 skipped"},
		{[]string{"--only", "echo"}, exitFailed, "FAILED  echo/answered"},
		{[]string{"--only", "delivery/text_has_effect"}, exitFine, "skipped"},
		{[]string{"--only", "delivery/three_times", "--probe", server.URL + "/probe"}, exitFine, "1 passed"},
		{[]string{"--only", "delivery/three_times", "--probe", server.URL}, exitFailed, "no number"},
		{[]string{"--only", "dance"}, exitUsage, "no case"},
		{[]string{"--list"}, exitFine, "burst/everybody_at_once"},
		{[]string{"--mode", "loud"}, exitUsage, "mode"},
		{[]string{"--colour"}, exitUsage, "colour"},
		{[]string{"extra"}, exitUsage, "extra"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), append(base[:len(base):len(base)], tt.args...), &out, &out); code != tt.code || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%v ends with %d:\n%s", tt.args, code, out.String())
		}
		if strings.Contains(out.String(), "secret-token") {
			t.Errorf("%v tells the token", tt.args)
		}
	}
	var out bytes.Buffer
	var results []conformance.Result
	if code := run(t.Context(), append(base, "--json", "--only", "echo"), &out, io.Discard); code != exitFailed || json.Unmarshal(out.Bytes(), &results) != nil || len(results) != 4 {
		t.Errorf("%d %s", code, out.String())
	}
}
