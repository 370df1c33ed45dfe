package conformance

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vrep/vrep/sim"
)

func target(url string) Target {
	return Target{URL: url, AppID: "wx0123456789abcdef", Token: "token", AESKey: strings.Repeat("a", 43)}
}

func serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}

func TestNamesAreUnique(t *testing.T) {
	for _, mode := range []string{sim.ModeSafe, sim.ModeCompat, sim.ModePlain} {
		names := Names(mode)
		slices.Sort(names)
		if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) || len(names) < 60 {
			t.Errorf("%s: %d names, %d of them differ", mode, len(names), len(unique))
		}
	}
}

// A server that believes whatever it is told passes no case about forgeries, and one that refuses everything passes no other.
func TestGullibleAndStubborn(t *testing.T) {
	gullible := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "success")
	})
	stubborn := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	o := Options{Patience: 2 * time.Second, Doctors: 5, Slow: 3}
	first, err := Run(t.Context(), target(gullible), o)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Run(t.Context(), target(stubborn), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range first {
		hostile := r.Group == "forged" && r.Name != "forged/replay" || r.Group == "size" && r.Name != "size/long_reply" || strings.HasSuffix(r.Name, "_signature")
		if r.Name == "delivery/text_has_effect" {
			if !r.Skipped || !r.OK || !second[i].Skipped {
				t.Errorf("%+v is judged without a probe", r)
			}
			continue
		}
		if r.OK == (hostile || r.Name == "echo/answered") {
			t.Errorf("gullible: %+v", r)
		}
		refusal := r.Group == "size" && r.Name != "size/long_reply" || r.Group == "echo" && r.Name != "echo/answered"
		if second[i].OK != refusal {
			t.Errorf("stubborn: %+v", second[i])
		}
	}
}

func TestOnlyAndProgress(t *testing.T) {
	address := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "success") })
	var told []string
	results, err := Run(t.Context(), target(address), Options{Only: []string{"echo", "delivery/text"}, Progress: func(r Result) { told = append(told, r.Name) }})
	if err != nil || len(results) != 5 || !slices.Equal(told, []string{"echo/answered", "echo/wrong_signature", "echo/no_signature", "echo/post_is_no_check", "delivery/text"}) {
		t.Errorf("ran %v, %v", told, err)
	}
	if _, err := Run(t.Context(), target(address), Options{Only: []string{"dance"}}); err == nil {
		t.Error("no case at all is no error")
	}
}

func TestTargetsThatMakeNoSense(t *testing.T) {
	for _, spoil := range []func(*Target, *Options){
		func(g *Target, _ *Options) { g.URL = "" },
		func(g *Target, _ *Options) { g.AESKey = "short" },
		func(g *Target, _ *Options) { g.Mode = "loud" },
		func(g *Target, _ *Options) { g.Format = "yaml" },
		func(_ *Target, o *Options) { o.Doctors = -1 },
	} {
		g, o := target("http://127.0.0.1:1/"), Options{}
		spoil(&g, &o)
		if _, err := Run(t.Context(), g, o); err == nil {
			t.Errorf("%+v %+v is taken", g, o)
		}
	}
	plain := target("http://127.0.0.1:1/")
	plain.Mode, plain.AESKey = sim.ModePlain, ""
	results, err := Run(t.Context(), plain, Options{Only: []string{"delivery/text"}})
	if err != nil || results[0].OK {
		t.Errorf("nobody there: %+v, %v", results, err)
	}
}
