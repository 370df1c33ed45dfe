package author_test

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows/author"
)

// send is a request with its headers as they are given.
func (x *page) send(method, path, body string, headers ...string) int {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), method, x.url+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		} else {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// Other sites cannot read or act, under whatever name they reach this machine.
func TestPreviewRefusesStrangers(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	const kind, json = "Content-Type", "application/json"
	say := `{"text":"1"}`
	for _, one := range []struct {
		name, method, path, body string
		headers                  []string
		want                     int
	}{
		{"another host name", "GET", x.path, "", []string{"Host", "evil.example"}, 403},
		{"a name that begins like ours", "GET", x.path + "/state", "", []string{"Host", "127.0.0.1.evil.example:80"}, 403},
		{"no host", "GET", x.path, "", []string{"Host", " "}, 403},
		{"localhost", "GET", x.path, "", []string{"Host", "localhost:1"}, 200},
		{"IPv6", "GET", x.path, "", []string{"Host", "[::1]:8090"}, 200},
		{"another origin", "POST", x.path + "/say", say, []string{kind, json, "Origin", "https://evil.example"}, 403},
		{"origin null", "POST", x.path + "/say", say, []string{kind, json, "Origin", "null"}, 403},
		{"a cross-site fetch", "POST", x.path + "/say", say, []string{kind, json, "Sec-Fetch-Site", "cross-site"}, 403},
		{"another port of this machine", "POST", x.path + "/say", say, []string{kind, json, "Sec-Fetch-Site", "same-site"}, 403},
		{"a form", "POST", x.path + "/say", "text=1", []string{kind, "application/x-www-form-urlencoded"}, 415},
		{"text", "POST", x.path + "/say", say, []string{kind, "text/plain"}, 415},
		{"a page of nobody", "POST", "/s/ABC/say", say, []string{kind, json}, 404},
		{"the state of nobody", "GET", "/s/ABC/state", "", nil, 404},
		{"no JSON", "POST", x.path + "/say", "{", []string{kind, json}, 400},
		{"nothing said", "POST", x.path + "/say", `{"text":" "}`, []string{kind, json}, 400},
		{"too much said", "POST", x.path + "/say", `{"text":"` + strings.Repeat("x", 1<<17) + `"}`, []string{kind, json}, 413},
		{"an unknown event", "POST", x.path + "/event", `{"kind":"start"}`, []string{kind, json}, 400},
		{"a clock that runs back", "POST", x.path + "/clock", `{"advance":"-2h"}`, []string{kind, json}, 400},
		{"a clock that runs away", "POST", x.path + "/clock", `{"advance":"999999h"}`, []string{kind, json}, 400},
		{"a file elsewhere", "POST", x.path + "/restart", `{"file":"../../etc/passwd"}`, []string{kind, json}, 404},
		{"GET for an action", "GET", x.path + "/say", "", nil, 405},
		{"a template", "GET", "/assets/page.html", "", nil, 404},
		{"words", "GET", "/assets/words.yaml", "", nil, 404},
		{"the script", "GET", "/assets/preview.js", "", nil, 200},
		{"a page of an earlier run", "GET", "/s/ABC", "", nil, 303},
		{"our own page", "POST", x.path + "/say", say, []string{kind, json, "Origin", x.url, "Sec-Fetch-Site", "same-origin"}, 200},
	} {
		if got := x.send(one.method, one.path, one.body, one.headers...); got != one.want {
			t.Errorf("%s: %d, want %d", one.name, got, one.want)
		}
	}
	if v := x.state(); waiting(v) != "patients" {
		t.Errorf("one message was said, and the talk waits for %q", waiting(v))
	}
}

// Every page has a talk of its own; the oldest goes when there are too many.
func TestPreviewPagesAreApart(t *testing.T) {
	x := openPage(t, map[string]string{"ward.yaml": wardFlow})
	first := x.path
	x.say("1")
	x.path = x.welcome()
	if v := x.state(); waiting(v) != "used" {
		t.Errorf("the second page waits for %q", waiting(v))
	}
	for range 62 {
		x.welcome()
	}
	if got := x.send("GET", first+"/state", ""); got != 200 {
		t.Errorf("64 pages are kept, the first answers %d", got)
	}
	x.welcome()
	if got := x.send("GET", first+"/state", ""); got != 404 {
		t.Errorf("of 65 pages the first answers %d", got)
	}
}

func TestPreviewNeedsAFlow(t *testing.T) {
	empty := os.DirFS(t.TempDir())
	ward := os.DirFS(folder(t, map[string]string{"ward.yaml": wardFlow, "_config.yaml": "langs: [zh-CN]\n", "contents.yaml": "content: []\n"}))
	for name, opt := range map[string]author.PreviewOptions{
		"an empty folder":     {FS: empty, Now: clockAt},
		"a missing flow":      {FS: ward, Now: clockAt, File: "nobody.yaml"},
		"a file of no flow":   {FS: ward, Now: clockAt, File: "contents.yaml"},
		"a profile of no use": {FS: ward, Now: clockAt, Profile: []byte("- 1")},
	} {
		if _, err := author.NewPreview(opt); !errors.Is(err, author.ErrPreview) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
