package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/lmittmann/tint"
	"github.com/vrep/vrep/config"
)

// loadConfig reads the file named (or VREP_CONFIG, or none) and the environment.
func loadConfig(file string) (*config.Config, error) {
	if file == "" {
		file = os.Getenv("VREP_CONFIG")
	}
	return config.Load(file, os.LookupEnv)
}

// newLog writes text to a terminal and JSON elsewhere.
func newLog(level slog.Level) *slog.Logger {
	if st, err := os.Stderr.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
		return slog.New(tint.NewHandler(os.Stderr, &tint.Options{Level: level, TimeFormat: "15:04:05"}))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// secretKey is the configured key, or the one kept in the data folder, drawn when it is missing.
func secretKey(cfg *config.Config) ([]byte, error) {
	if cfg.SecretKey != "" {
		return []byte(cfg.SecretKey.Reveal()), nil
	}
	path := filepath.Join(cfg.DataDir, "secret.key")
	data, err := os.ReadFile(path)
	if err == nil {
		if key := strings.TrimSpace(string(data)); len(key) >= 32 {
			return []byte(key), nil
		}
		return nil, fmt.Errorf("the key in %s is too short; put the key back: without it what doctors said cannot be read", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the secret key: %w", err)
	}
	if _, err := os.Stat(filepath.Join(cfg.DataDir, "vrep.db")); err == nil {
		return nil, fmt.Errorf("%s is missing beside its database: put it back, or set secret_key; without it what doctors said cannot be read", path)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("drawing a secret key: %w", err)
	}
	key := hex.EncodeToString(raw)
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("keeping the secret key: %w", err)
	}
	return []byte(key), nil
}

// warnSettings says what is missing for a real account, and names variables that no setting has.
func warnSettings(cfg *config.Config, log *slog.Logger) {
	if unknown := config.UnknownEnv(os.Environ()); len(unknown) > 0 {
		log.Warn("environment variables that no setting has", "names", unknown)
	}
	if !cfg.WeChat.Ready() {
		log.Warn("no WeChat account is configured: the callback answers 503")
	}
	if !cfg.WeCom.Ready() {
		log.Warn("no WeCom application is configured: leads reach no rep")
	}
	if cfg.MySQLDSN != "" && cfg.RedisAddr == "" {
		log.Warn("embedded Redis beside MySQL serves one instance only")
	}
}
