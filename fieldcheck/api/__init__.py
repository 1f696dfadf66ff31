"""What a script imports: `import fieldcheck`."""
