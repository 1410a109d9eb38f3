return internal.types;
