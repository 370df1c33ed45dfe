package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite config.example.yaml")

func env(kv ...string) func(string) (string, bool) {
	m := map[string]string{}
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return func(k string) (string, bool) { v, ok := m[k]; return v, ok }
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vrep.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAreValid(t *testing.T) {
	cfg, err := Load("", env())
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Listen != "127.0.0.1:8080" || cfg.Zone.String() != "Asia/Shanghai" || cfg.WeChat.Ready() {
		t.Errorf("defaults = %+v", cfg)
	}
}

func TestExampleFileIsCurrentAndLoads(t *testing.T) {
	const path = "../config.example.yaml"
	if *update {
		if err := os.WriteFile(path, []byte(Example()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Example(), string(got)); diff != "" {
		t.Errorf("config.example.yaml is stale; run go test ./config -update\n%s", diff)
	}
	if _, err := Load(path, env()); err != nil {
		t.Errorf("the example does not load: %v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	path := write(t, "listen: nonsense\ntime_zone: Mars/Base\nlissten: x\nwechat_app_id: wx1\nmysql_dsn: nonsense\n")
	_, err := Load(path, env("VREP_WECOM_CORP_ID", "ww1", "VREP_SECRET_KEY", "short"))
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error = %v, want Problems", err)
	}
	text := err.Error()
	for _, want := range []string{"lissten", "listen (VREP_LISTEN)", "time_zone", "wechat_app_id", "wechat_app_secret", "hotline", "mysql_dsn", "wecom_agent_id", "secret_key", "public_url"} {
		if !strings.Contains(text, want) {
			t.Errorf("the message does not name %s:\n%s", want, text)
		}
	}
}

func TestEnvironmentWinsAndFilesHoldSecrets(t *testing.T) {
	file := write(t, strings.Repeat("s", 40)+"\n")
	path := write(t, "listen: 127.0.0.1:1\n")
	cfg, err := Load(path, env("VREP_LISTEN", "127.0.0.1:2", "VREP_SECRET_KEY_FILE", file))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Listen != "127.0.0.1:2" {
		t.Errorf("listen = %s, want the environment's", cfg.Listen)
	}
	if cfg.SecretKey.Reveal() != strings.Repeat("s", 40) {
		t.Error("the secret was not read from the file, or keeps its line end")
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	const canary = "canary-0123456789-0123456789-0123456789"
	cfg, err := Load("", env("VREP_SECRET_KEY", canary))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, cfg); strings.Contains(text, canary) {
			t.Errorf("%s prints the secret", verb)
		}
	}
	_, err = Load("", env("VREP_MYSQL_DSN", "root:"+canary+"@nonsense"))
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("error = %v, must exist and hide the secret", err)
	}
}

func TestPlainHTTPOnlyOnLoopback(t *testing.T) {
	for _, tt := range []struct {
		base string
		ok   bool
	}{
		{"https://api.weixin.qq.com", true},
		{"http://127.0.0.1:8080/_sim/api/wechat", true},
		{"http://[::1]:8080", true},
		{"http://api.weixin.qq.com", false},
		{"ftp://127.0.0.1", false},
		{"nonsense", false},
	} {
		_, err := Load("", env("VREP_WECHAT_API_BASE", tt.base))
		if (err == nil) != tt.ok {
			t.Errorf("base %q: error = %v, want ok = %v", tt.base, err, tt.ok)
		}
	}
}

func TestUnknownEnvironmentIsNamed(t *testing.T) {
	got := UnknownEnv([]string{"PATH=/bin", "VREP_LISTEN=x", "VREP_LISSTEN=x", "VREP_SECRET_KEY_FILE=x"})
	if diff := cmp.Diff([]string{"VREP_LISSTEN"}, got); diff != "" {
		t.Error(diff)
	}
}
