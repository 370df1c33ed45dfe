package config

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Problem is one thing wrong with the configuration.
type Problem struct {
	Key     string // the setting, "" for the file as a whole
	Message string // what is allowed; never holds a secret
}

// Problems is all that is wrong, as one error.
type Problems []Problem

// Error lists every problem on its own line.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	lines = append(lines, fmt.Sprintf("configuration: %d problem(s)", len(p)))
	for _, one := range p {
		if one.Key == "" {
			lines = append(lines, "  "+one.Message)
			continue
		}
		lines = append(lines, fmt.Sprintf("  %s (%s): %s", one.Key, EnvName(one.Key), one.Message))
	}
	return strings.Join(lines, "\n")
}

// EnvName is the environment variable of a setting.
func EnvName(key string) string { return "VREP_" + strings.ToUpper(key) }

// Load reads the file (path "" = none) and the environment, and checks everything. The error is of type Problems.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	values, problems := readFile(path)
	problems = append(problems, readEnv(values, lookup)...)
	cfg := &Config{}
	for _, s := range Settings() {
		v, ok := values[s.Key]
		if !ok {
			v = s.Default
		}
		v = strings.TrimSpace(v)
		if msg := s.check(v); msg != "" {
			problems = append(problems, Problem{Key: s.Key, Message: msg})
		}
		s.set(cfg, v) // a bad value too: what belongs together is checked below
	}
	problems = append(problems, cfg.together()...)
	if len(problems) > 0 {
		return nil, problems
	}
	zone, err := time.LoadLocation(cfg.TimeZone)
	if err != nil {
		return nil, Problems{{Key: "time_zone", Message: "must be a zone name"}}
	}
	cfg.Zone = zone
	return cfg, nil
}

func readFile(path string) (map[string]string, Problems) {
	values := map[string]string{}
	if path == "" {
		return values, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return values, Problems{{Message: "cannot read the configuration file: " + err.Error()}}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return values, Problems{{Message: fmt.Sprintf("%s: %v", path, err)}}
	}
	if len(doc.Content) == 0 {
		return values, nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return values, Problems{{Message: path + ": must be a list of key: value lines"}}
	}
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Key] = true
	}
	var problems Problems
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		place := fmt.Sprintf("%s:%d: ", path, k.Line)
		_, twice := values[k.Value]
		switch {
		case !known[k.Value]:
			problems = append(problems, Problem{Message: place + "no setting is called " + k.Value})
		case v.Kind != yaml.ScalarNode:
			problems = append(problems, Problem{Message: place + k.Value + " must be one value"})
		case twice:
			problems = append(problems, Problem{Message: place + k.Value + " stands there twice"})
		default:
			values[k.Value] = v.Value
			if v.Tag == "!!null" {
				values[k.Value] = ""
			}
		}
	}
	return values, problems
}

func readEnv(values map[string]string, lookup func(string) (string, bool)) Problems {
	var problems Problems
	for _, s := range Settings() {
		name := EnvName(s.Key)
		if v, ok := lookup(name); ok {
			values[s.Key] = v
			continue
		}
		file, ok := lookup(name + "_FILE")
		if !ok {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, Problem{Key: s.Key, Message: "cannot read the file named by " + name + "_FILE"})
			continue
		}
		values[s.Key] = strings.TrimRight(string(data), "\r\n")
	}
	return problems
}

// UnknownEnv lists VREP_ variables that no setting has, so that a misspelt one is not silently ignored.
func UnknownEnv(environ []string) []string {
	known := map[string]bool{"VREP_CONFIG": true}
	for _, s := range Settings() {
		known[EnvName(s.Key)] = true
		known[EnvName(s.Key)+"_FILE"] = true
	}
	var unknown []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "VREP_") && !strings.HasPrefix(name, "VREP_TEST_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	return unknown
}

// together checks what a single setting cannot know.
func (c *Config) together() Problems {
	var p Problems
	need := func(group string, set bool, key string, v string) {
		if set && v == "" {
			p = append(p, Problem{Key: key, Message: "is missing: " + group + " needs all of its settings"})
		}
	}
	w := c.WeChat
	anyWeChat := w.AppID != "" || w.AppSecret != "" || w.Token != "" || w.AESKey != ""
	need("the WeChat account", anyWeChat, "wechat_app_id", w.AppID)
	need("the WeChat account", anyWeChat, "wechat_app_secret", w.AppSecret.Reveal())
	need("the WeChat account", anyWeChat, "wechat_token", w.Token.Reveal())
	need("the WeChat account", anyWeChat, "wechat_aes_key", w.AESKey.Reveal())
	for key, v := range map[string]string{"company": c.Account.Company, "bot_name": c.Account.Bot, "filing_no": c.Account.FilingNo,
		"hotline": c.Account.Hotline, "pv_hotline": c.Account.PVHotline, "privacy_url": c.Account.PrivacyURL} {
		if anyWeChat && v == "" {
			p = append(p, Problem{Key: key, Message: "is missing: doctors must be told who speaks and whom to call"})
		}
	}
	m := c.WeCom
	anyWeCom := m.CorpID != "" || m.AgentID != "" || m.Secret != "" || m.Token != "" || m.AESKey != ""
	need("the WeCom application", anyWeCom, "wecom_corp_id", m.CorpID)
	need("the WeCom application", anyWeCom, "wecom_agent_id", m.AgentID)
	need("the WeCom application", anyWeCom, "wecom_secret", m.Secret.Reveal())
	need("the WeCom application", anyWeCom, "wecom_token", m.Token.Reveal())
	need("the WeCom application", anyWeCom, "wecom_aes_key", m.AESKey.Reveal())
	if anyWeCom && c.PublicURL == "" {
		p = append(p, Problem{Key: "public_url", Message: "is missing: the cards of reps link to it"})
	}
	if c.MySQLDSN != "" && c.SecretKey == "" {
		p = append(p, Problem{Key: "secret_key", Message: "is missing: instances that share a database must share it; make one with: openssl rand -hex 32"})
	}
	sort.SliceStable(p, func(i, j int) bool { return p[i].Key < p[j].Key })
	return p
}
