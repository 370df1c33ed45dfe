package wechat

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/bot"
)

//go:embed codes.yaml
var codesFile []byte

// classSent is the class of codes that mean "has it already": no error.
const classSent bot.Class = "sent"

// rule is one row of codes.yaml.
type rule struct {
	Class   bot.Class
	Refresh bool
	Plain   bool
	SignIn  bool `yaml:"sign_in"`
	Pause   string
	Words   string
	Advice  string
}

// codes is codes.yaml.
type codes struct {
	WeChat map[int]rule
	WeCom  map[int]rule
	Faults map[string]string
	Checks map[string]string
}

func readCodes() (*codes, error) {
	var c codes
	if err := yaml.Unmarshal(codesFile, &c); err != nil {
		return nil, fmt.Errorf("reading codes.yaml: %w", err)
	}
	return &c, nil
}

var (
	requestID = regexp.MustCompile(`rid: ([0-9A-Za-z-]{8,64})`)
	address   = regexp.MustCompile(`\b(\d{1,3}(?:\.\d{1,3}){3})\b`)
)

// refused makes the error of an errcode. Of the platform's own text only the request id is kept, and the address that
// is to be listed: the rest may name a person.
func refused(r rule, code int, errmsg string, now time.Time) *bot.SendError {
	words := r.Words
	if r.Class == "" {
		r.Class = bot.ClassContent
	}
	var b strings.Builder
	fmt.Fprintf(&b, "errcode %d", code)
	if words != "" {
		b.WriteString(" " + words)
	}
	if ip := address.FindString(errmsg); ip != "" && needsAddress(code) {
		b.WriteString(" " + ip)
	}
	if rid := requestID.FindStringSubmatch(errmsg); rid != nil {
		b.WriteString(" (rid " + rid[1] + ")")
	}
	return &bot.SendError{Class: r.Class, Code: code, Reason: b.String(), After: pause(r.Pause, now)}
}

// needsAddress names the codes of both platforms that ask for an address to be listed.
func needsAddress(code int) bool { return code == 40164 || code == 60020 || code == 61004 }

// beijing is where the platform's days, months and quotas begin. Source: the platform's page on the limits of calls.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// pause is how long a call has to wait: a duration, until the next day or until the next month; 0 = no time is said.
func pause(text string, now time.Time) time.Duration {
	y, m, d := now.In(beijing).Date()
	switch text {
	case "midnight":
		return time.Date(y, m, d+1, 0, 0, 0, 0, beijing).Sub(now)
	case "month":
		return time.Date(y, m+1, 1, 0, 0, 0, 0, beijing).Sub(now)
	}
	wait, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return wait
}
