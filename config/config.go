// Package config holds every setting of vrep: its default, its meaning, its check. Settings come from one YAML file and from the environment
// (VREP_…, which wins; VREP_…_FILE names a file that holds the value). Reading is strict: an unknown key or a bad value is reported, and all
// problems are reported at once.
//
// It refuses to guess: half a WeChat account is a problem, not a default. It opens nothing but the files named.
//
// Invariants: a Secret never prints its value; config.example.yaml is written from the same table (golden test).
package config

import (
	"log/slog"
	"time"
)

// Secret is a value that prints as ***.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return string(s) }

// Config is the effective configuration.
type Config struct {
	Listen        string
	MetricsListen string
	DataDir       string
	MySQLDSN      Secret
	RedisAddr     string
	RedisPassword Secret
	FlowsDir      string
	ReverifyDays  int // for which a verification holds
	PublicURL     string
	SecretKey     Secret
	TimeZone      string

	WeChat  WeChat
	WeCom   WeCom
	Account Account

	Zone *time.Location // of TimeZone
}

// WeChat is the official account.
type WeChat struct {
	AppID     string
	AppSecret Secret
	Token     Secret
	AESKey    Secret
	APIBase   string
	OpenBase  string
	MPBase    string

	PushTemplate   string
	PushFields     string
	NoticeTemplate string
	NoticeFields   string
	DailyLimits    string
	DailyReserve   int // percent
	Menu           bool
	ChoiceLinks    bool
	ChoiceMenus    bool
	MiniAppID      string

	Allowances Allowances
}

// Ready tells whether the account is configured.
func (w WeChat) Ready() bool { return w.AppID != "" }

// WeCom is the company's WeCom application for reps.
type WeCom struct {
	CorpID   string
	AgentID  string
	Secret   Secret
	Token    Secret
	AESKey   Secret
	APIBase  string
	RobotURL Secret
	Duty     []string // user ids of the safety desk on duty
}

// Ready tells whether the application is configured.
func (w WeCom) Ready() bool { return w.CorpID != "" }

// Account is what the scripts print about the company.
type Account struct {
	Company    string
	Bot        string
	FilingNo   string
	Hotline    string
	PVHotline  string
	PrivacyURL string
}

// Vars are the names that texts of flows use as ${account.<name>}.
func (a Account) Vars() map[string]string {
	return map[string]string{
		"company": a.Company, "bot": a.Bot, "filing_no": a.FilingNo,
		"hotline": a.Hotline, "pv_hotline": a.PVHotline, "privacy_url": a.PrivacyURL,
	}
}

// AccountID names the official account that rows and keys belong to.
func (c *Config) AccountID() string {
	if c.WeChat.AppID != "" {
		return c.WeChat.AppID
	}
	return "unset"
}
