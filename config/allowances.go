package config

import (
	"strconv"
	"time"
)

// Allowances are what the platform takes for one doctor, and what the house allows itself of it.
type Allowances struct {
	ChatMessages  int
	ChatWindow    time.Duration
	QuickMessages int
	QuickWindow   time.Duration
	MassPerMonth  int
	Mass          bool
	Reserve       int
}

// allowanceSettings are the numbers of the platform's pages on customer service messages and mass sends, as of November 2026.
func allowanceSettings() []Setting {
	return []Setting{
		{
			Key: "wechat_chat_messages", Default: "5", Doc: "customer service messages that the platform takes after a doctor's own message",
			check: smallNumber, set: func(c *Config, v string) { c.WeChat.Allowances.ChatMessages = number(v) },
		},
		{
			Key: "wechat_chat_window", Default: "48h", Doc: "how long it takes them",
			check: span, set: func(c *Config, v string) { c.WeChat.Allowances.ChatWindow = duration(v) },
		},
		{
			Key: "wechat_quick_messages", Default: "3", Doc: "the same after a click, a follow or a scan",
			check: smallNumber, set: func(c *Config, v string) { c.WeChat.Allowances.QuickMessages = number(v) },
		},
		{
			Key: "wechat_quick_window", Default: "1m", Doc: "and for how long",
			check: span, set: func(c *Config, v string) { c.WeChat.Allowances.QuickWindow = duration(v) },
		},
		{
			Key: "wechat_reserve", Default: "1", Doc: "messages after a doctor's own one that are kept for handing over and for drug safety",
			check: smallNumber, set: func(c *Config, v string) { c.WeChat.Allowances.Reserve = number(v) },
		},
		{
			Key: "wechat_mass", Default: "off", Doc: "on: content that several doctors wait for goes out as a mass send when nothing else reaches them",
			check: onOff, set: func(c *Config, v string) { c.WeChat.Allowances.Mass = v == "on" },
		},
		{
			Key: "wechat_mass_per_month", Default: "4", Doc: "mass sends that the platform takes for one doctor in a calendar month",
			check: smallNumber, set: func(c *Config, v string) { c.WeChat.Allowances.MassPerMonth = number(v) },
		},
	}
}

func smallNumber(v string) string {
	if n, err := strconv.Atoi(v); err != nil || n < 0 || n > 1000 {
		return "must be a whole number from 0 to 1000"
	}
	return ""
}

func span(v string) string {
	if d, err := time.ParseDuration(v); err != nil || d <= 0 || d > 366*24*time.Hour {
		return "must be a time such as 1m or 48h"
	}
	return ""
}

// number reads what smallNumber has checked; anything else was reported.
func number(v string) int {
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0
	}
	return n
}

// duration reads what span has checked; anything else was reported.
func duration(v string) time.Duration {
	d, err := time.ParseDuration(v)
	if err != nil {
		return 0
	}
	return d
}
