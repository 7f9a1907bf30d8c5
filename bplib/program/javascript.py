def javascript_function(*a): raise NotImplementedError
