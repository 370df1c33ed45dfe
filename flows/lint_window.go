package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// window is how long after a typed message the platform lets us send (wechat.md 2.3); a click opens one minute only.
const window = 48 * time.Hour

// checkWindow: reminders that can never be delivered, and talks that stay open longer than anything can be sent.
func checkWindow(c *checker) {
	for _, f := range c.lib.Flows() {
		for _, r := range f.Remind {
			at := r.Say.at
			switch {
			case r.After >= window && f.Urgent: // what belongs to a safety report knows no quiet hours and may go out as a service notice
			case r.After >= window:
				c.add(at, "remind_late")
			case !f.Urgent && !c.lib.config.awake(r.After):
				c.add(at, "remind_quiet", "quiet", c.lib.config.Quiet)
			case f.onlyClicked(c.lib):
				c.add(at, "remind_click")
			case f.Expire > 0 && r.After >= f.Expire:
				c.add(at, "remind_expired")
			}
		}
		if f.Expire > window && !f.Urgent {
			at := f.place
			at.width = 1
			if f.expireAt.file != nil {
				at = f.expireAt
			}
			c.add(at, "expire_late")
		}
	}
}

// awake reports whether a reminder can go out at all: for some hour of the last message it is due, or its quiet hours end, within the window.
func (c *Config) awake(after time.Duration) bool {
	from, to, ok := strings.Cut(c.Quiet, "-")
	a, errA := time.Parse("15:04", from)
	z, errZ := time.Parse("15:04", to)
	if !ok || errA != nil || errZ != nil {
		return true
	}
	begin, end := sinceMidnight(a), sinceMidnight(z)
	const day = 24 * time.Hour
	for last := time.Duration(0); last < day; last += 15 * time.Minute {
		due := last + after
		clock := due % day
		quiet := clock >= begin && clock < end
		if begin > end {
			quiet = clock >= begin || clock < end
		}
		if begin == end {
			return false // the whole day
		}
		if quiet {
			due += (end - clock + day) % day
		}
		if due < last+window {
			return true
		}
	}
	return false
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// onlyClicked reports a flow that begins with a click, a scan or a follow and asks one thing at most: until it is answered nobody has typed.
func (f *Flow) onlyClicked(lib *Library) bool {
	if len(f.Start.On) == 0 || lib.called(f) {
		return false
	}
	for _, t := range f.Start.On {
		if !contains([]string{"menu", "scan", "follow"}, t.Kind) {
			return false
		}
	}
	n := 0
	f.Walk(func(_ *Flow, s *Step) {
		switch s.Body.(type) {
		case *Question:
			n++
		case *CallStep:
			n += 2
		}
	})
	return n <= 1
}

var reLink = regexp.MustCompile(`https?://[^\s"'<>\x{ff09})\x{3002}\x{ff0c}\x{201d}]+`)

// checkSigns: characters that older clients drop, and links to hosts that the house has not allowed.
func checkSigns(c *checker) {
	c.said(func(text string, at place) {
		for _, r := range text {
			if dropped(r) {
				c.add(at.find(string(r)), "dropped_sign", "sign", signName(r))
				break
			}
		}
		c.links(text, at)
	})
	for i := range c.lib.contents {
		c.links(c.lib.contents[i].URL, c.lib.contents[i].at)
	}
}

func (c *checker) links(text string, at place) {
	if len(c.lib.config.Domains) == 0 {
		return
	}
	for _, link := range reLink.FindAllString(text, -1) {
		if strings.Contains(link, "${") {
			continue
		}
		u, err := url.Parse(link)
		if err != nil || !c.lib.config.allowsHost(u.Hostname()) {
			host := link
			if err == nil {
				host = u.Hostname()
			}
			c.add(at.find(link), "foreign_link", "host", host)
		}
	}
}

// allowsHost reports whether links may lead to a host: one of the domains, or below one.
func (c *Config) allowsHost(host string) bool {
	host = strings.ToLower(host)
	for _, d := range c.Domains {
		d = strings.ToLower(strings.TrimPrefix(d, "*."))
		if host == d || strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

// dropped tells the characters that do not arrive everywhere: emoji, joiners and selectors around them, private use, zero width.
func dropped(r rune) bool {
	switch {
	case r >= 0x1f000 && r <= 0x1faff, r >= 0xe0000, r >= 0xe000 && r <= 0xf8ff, r >= 0x200b && r <= 0x200f, r == 0x2028, r == 0x2029,
		r == 0x20e3, r >= 0xfe00 && r <= 0xfe0f, r == 0x2060, r == 0xfeff, r == 0xfffd, r == 0xad:
		return true
	}
	return false
}

// signName shows a character that may itself be invisible.
func signName(r rune) string {
	if unicode.IsGraphic(r) && r < 0xe0000 && !unicode.Is(unicode.Co, r) && !unicode.Is(unicode.Mn, r) {
		return string(r)
	}
	return fmt.Sprintf("%U", r)
}
