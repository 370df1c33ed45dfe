package console

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	links, err := NewLinks("https://v.example.com/", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	doctor := strings.Repeat("ab", doctorSize)
	for _, want := range []tracked{
		{doctor, "ckd_review", doctor + ":12:0"}, {doctor, "ckd_review", "push:0123"}, {"", "ckd_review", "mass1"}, {doctor, "lit", ""}, {doctor, "lit", strings.Repeat("cd", doctorSize) + ":1:0"},
	} {
		address := links.Address(want.Doctor, want.Content, want.Effect)
		token, ok := strings.CutPrefix(address, "https://v.example.com/r/")
		if !ok || address != links.Address(want.Doctor, want.Content, want.Effect) {
			t.Errorf("address %q", address)
		}
		if got, ok := links.open(token); !ok || got != want {
			t.Errorf("opened %+v, %v, want %+v", got, ok, want)
		}
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || strings.Contains(string(raw), want.Content) || strings.Contains(string(raw), "\xab\xab") {
			t.Errorf("%v: the token can be read", err)
		}
		for i := range raw {
			bad := append([]byte(nil), raw...)
			bad[i] ^= 1
			if _, ok := links.open(base64.RawURLEncoding.EncodeToString(bad)); ok {
				t.Errorf("byte %d was changed", i)
			}
		}
	}
	other, err := NewLinks("https://v.example.com", []byte("0123456789abcdeF"))
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimPrefix(other.Address(doctor, "x", "y"), "https://v.example.com/r/")
	for _, bad := range []string{"", "a", token, token[:20], "!!", strings.Repeat("A", 400)} {
		if _, ok := links.open(bad); ok {
			t.Errorf("%q opened", bad)
		}
	}
	if a := links.Address("not-an-id", "x", "y"); strings.Contains(a, "not-an-id") {
		t.Error(a)
	}
	for _, o := range []struct{ url, key string }{{"", "0123456789abcdef"}, {"https://v", "short"}} {
		if _, err := NewLinks(o.url, []byte(o.key)); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
